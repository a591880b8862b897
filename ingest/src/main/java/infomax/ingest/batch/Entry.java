package infomax.ingest.batch;

import infomax.events.image.Rejection;
import infomax.ingest.intake.Upload;

/** One upload of many. */
public sealed interface Entry {

  /** What the client calls it: its place from 0, or its name in the archive. */
  String name();

  /**
   * An upload.
   *
   * @param name what the client calls it
   * @param upload what it holds, unchecked
   */
  record Whole(String name, Upload upload) implements Entry {}

  /**
   * An entry of which no upload can be made; those behind it can be read.
   *
   * @param name what the client calls it
   * @param rejection why
   */
  record Broken(String name, Rejection rejection) implements Entry {}
}
