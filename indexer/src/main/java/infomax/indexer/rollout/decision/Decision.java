package infomax.indexer.rollout.decision;

import infomax.events.control.ControlEvent;

/** One record for the topic {@code control}. */
public sealed interface Decision {

  /** The key it is written under. */
  String key();

  /**
   * The new value of a key.
   *
   * @param event the value, which knows its key
   */
  record Write(ControlEvent event) implements Decision {
    @Override
    public String key() {
      return event.key();
    }
  }

  /**
   * The end of a key that nobody needs any more.
   *
   * @param key the key
   */
  record Tombstone(String key) implements Decision {}
}
