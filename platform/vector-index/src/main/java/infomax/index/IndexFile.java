package infomax.index;

import infomax.events.Digest;
import java.util.regex.Pattern;

/**
 * A file of a publication.
 *
 * @param name Lucene's name, unique within a term
 * @param lengthBytes its length
 * @param digest SHA-256 of its content, which is its name in the object store
 */
public record IndexFile(String name, long lengthBytes, Digest digest) {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");

  /** Checks that the name is a plain file name: it is taken from a manifest and used as a path. */
  public IndexFile {
    if (!NAME.matcher(name).matches() || lengthBytes < 0) {
      throw new IllegalArgumentException(
          "index file '" + name + "' of " + lengthBytes + " bytes, expected a plain file name");
    }
  }
}
