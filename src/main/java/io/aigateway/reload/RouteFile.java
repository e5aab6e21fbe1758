package io.aigateway.reload;

/**
 * One route file as it was read.
 *
 * @param name without its folder
 * @param builtIn whether it is the gateway's own, and not from the folder that people edit
 */
public record RouteFile(String name, boolean builtIn, String text) {}
