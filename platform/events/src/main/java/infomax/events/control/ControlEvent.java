package infomax.events.control;

/** A decision on the topic {@code control}: the complete value of one key. */
public sealed interface ControlEvent
    permits EncoderRelease, IndexGeneration, LiveAlias, ControlRequest, IndexingPause {

  /** The record key, such as {@code encoder/3} or {@code alias/live}. */
  String key();
}
