package infomax.store;

/** What a store does, one step at a time. */
public enum StoreStep {
  /** Storing an object that was absent. */
  PUT_OBJECT,
  /** Reading an object. */
  READ_OBJECT,
  /** Linking or copying an object out of the store. */
  FETCH_OBJECT,
  /** Deleting an object. */
  DELETE_OBJECT,
  /** Creating an entry. */
  CREATE_ENTRY,
  /** Reading an entry. */
  READ_ENTRY,
  /** Listing entries. */
  LIST_ENTRIES,
  /** Deleting an entry. */
  DELETE_ENTRY
}
