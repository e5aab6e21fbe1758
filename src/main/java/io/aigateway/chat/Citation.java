package io.aigateway.chat;

import org.jspecify.annotations.Nullable;

/**
 * What does a piece of an answer rest on?
 *
 * @param source which of the things that the model was given, counted from 0 within their kind; 0
 *     for a page of the web
 * @param start where the passage begins, in the unit of its kind
 * @param end where it ends, not included
 * @param passage its words, or ""
 * @param title what its source is called, or null
 * @param address where its source is found, or null
 */
public record Citation(
    Kind kind,
    int source,
    long start,
    long end,
    String passage,
    @Nullable String title,
    @Nullable String address) {

  /** What is cited, and in which unit its passage is told. */
  public enum Kind {
    /** A document, in characters from 0. */
    CHARACTERS,
    /** A document, in pages from 1. */
    PAGES,
    /** A document of several blocks, in blocks from 0. */
    BLOCKS,
    /** A result of a search that the caller made, in its blocks from 0. */
    SEARCH_RESULT,
    /** A page of the web; the place is the one in the answer's text that rests on it. */
    WEB
  }
}
