package infomax.store;

import java.util.regex.Pattern;

/** What an entry may be called, so that a name never leaves the place of the entries. */
final class EntryName {

  private static final Pattern NAME =
      Pattern.compile("[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*");

  private EntryName() {}

  static String checked(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new ObjectStoreException(
          "entry name '" + name + "', expected parts of a-z 0-9 . _ - with slashes in between");
    }
    return name;
  }
}
