package io.aigateway.observe;

import java.util.concurrent.atomic.AtomicReference;

/** Should callers be sent here? For all threads. */
public final class Readiness {

  private enum Stage {
    STARTING("the gateway starts"),
    WARMING("the gateway gets warm"),
    READY(""),
    STOPPING("the gateway stops");

    private final String reason;

    Stage(String reason) {
      this.reason = reason;
    }
  }

  private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.STARTING);
  private volatile boolean awaitsDatabase;

  /** The routes run. */
  public void routesRun() {
    stage.compareAndSet(Stage.STARTING, Stage.WARMING);
  }

  /** The hot path is warm. */
  public void warm() {
    stage.compareAndSet(Stage.WARMING, Stage.READY);
  }

  /** There is a database, which has not answered yet. */
  public void awaitsDatabase() {
    awaitsDatabase = true;
  }

  /** The database has answered once; whether it goes on to is another question. */
  public void databaseAnswered() {
    awaitsDatabase = false;
  }

  /** The process stops; there is no way back. */
  public void stopping() {
    stage.set(Stage.STOPPING);
  }

  public boolean isReady() {
    return stage.get() == Stage.READY && !awaitsDatabase;
  }

  /** Why not; empty when ready. */
  public String reason() {
    Stage now = stage.get();
    return now == Stage.READY && awaitsDatabase ? "the database has not answered yet" : now.reason;
  }
}
