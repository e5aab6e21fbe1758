package io.aigateway.fake;

/**
 * One call of a tool that a fake model asks for.
 *
 * @param id the call's id; Ollama has none and leaves it out
 * @param arguments a JSON object as text
 */
public record ToolCall(String id, String name, String arguments) {}
