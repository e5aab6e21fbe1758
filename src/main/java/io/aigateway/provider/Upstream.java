package io.aigateway.provider;

import io.aigateway.call.Call;

/** Asks one provider. For all threads. */
interface Upstream {

  /**
   * Starts a call and returns at once; the listener hears of its answer or its failure exactly
   * once, mostly on the request's context.
   *
   * @param model the name to send
   * @throws io.aigateway.error.RequestException when the request can't be said in the provider's
   *     dialect
   */
  void call(Call call, String model, Listener listener);

  /** The same with another credential; costs next to nothing, and is not closed. */
  default Upstream with(String credential) {
    return this;
  }

  /** Whether the provider itself can count the tokens of this call's request. */
  default boolean counts(Call call) {
    return false;
  }

  /** Frees what the provider's calls share. */
  default void close() {}

  /** Who waits for the answer. */
  interface Listener {
    void answered(Answer answer);

    /** With a target's, a request's or a leaving caller's exception. */
    void failed(RuntimeException why);
  }
}
