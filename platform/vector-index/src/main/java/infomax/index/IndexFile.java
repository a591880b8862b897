package infomax.index;

import infomax.events.Digest;

/**
 * A file of a publication.
 *
 * @param name Lucene's name, unique within a term
 * @param lengthBytes its length
 * @param digest SHA-256 of its content, which is its name in the object store
 */
public record IndexFile(String name, long lengthBytes, Digest digest) {

  /** Checks that the name is a plain file name: it is taken from a manifest and used as a path. */
  public IndexFile {
    if (!name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*") || lengthBytes < 0) {
      throw new IllegalArgumentException(
          "index file '" + name + "' of " + lengthBytes + " bytes, expected a plain file name");
    }
  }
}
