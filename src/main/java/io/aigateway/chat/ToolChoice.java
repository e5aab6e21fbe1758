package io.aigateway.chat;

/** Whether, and which, tool the model must call. */
public sealed interface ToolChoice {
  /** The model decides. */
  record Auto() implements ToolChoice {}

  /** No tool may be called. */
  record None() implements ToolChoice {}

  /** Some tool must be called. */
  record Required() implements ToolChoice {}

  /** The tool of this name must be called. */
  record Named(String name) implements ToolChoice {}
}
