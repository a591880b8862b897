package infomax.testing.store;

import infomax.store.ObjectStore;

/** The store in a folder. */
final class DirectoryStoreTest extends ObjectStoreContract {
  @Override
  ObjectStore open() {
    return ObjectStore.open(folder.resolve("store"));
  }
}
