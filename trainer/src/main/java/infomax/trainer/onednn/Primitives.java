package infomax.trainer.onednn;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Makes primitives and owns what they need. One thread makes and runs them: oneDNN decides while it
 * makes one how many threads may share it, and asks OpenMP of the calling thread. Closing needs no
 * certain thread, but none of the primitives may be running.
 */
public final class Primitives implements AutoCloseable {

  private static final int IN_ORDER = 1;
  private static final MemorySegment ALLOCATE = MemorySegment.ofAddress(-1);
  private static final int ARGUMENT_BYTES = 16;
  private static final int ARGUMENT_MEMORY = 8;

  private final OneDnn library;
  private final Arena arena = Arena.ofShared();
  private final Deque<Runnable> owned = new ArrayDeque<>();
  private final MemorySegment stream;

  /** Of a library, for the calling thread. */
  public Primitives(OneDnn library) {
    this.library = library;
    this.stream =
        create(
            out -> (int) library.streamCreate.invokeExact(out, library.engine(), IN_ORDER),
            library.streamDestroy,
            "stream_create");
  }

  /**
   * A description of a tensor without a place.
   *
   * @param extents (image, channel, y, x) or (output, input, y, x), whatever the layout
   */
  MemorySegment description(ElementType type, Layout layout, long... extents) {
    MemorySegment dimensions = arena.allocateFrom(JAVA_LONG, extents);
    return create(
        out ->
            (int)
                library.descriptionCreate.invokeExact(
                    out, extents.length, dimensions, type.code, layout.code),
        library.descriptionDestroy,
        "memory_desc_create_with_tag");
  }

  /** A tensor in memory of somebody else, who keeps it until this is closed. */
  public Tensor tensor(ElementType type, Layout layout, MemorySegment values, long... extents) {
    return tensor(description(type, layout, extents), values);
  }

  /** A tensor in memory of its own. */
  public Tensor tensor(ElementType type, Layout layout, long... extents) {
    return tensor(description(type, layout, extents), ALLOCATE);
  }

  /** A tensor of a description that belongs to this, in memory of its own. */
  Tensor tensor(MemorySegment description) {
    return tensor(description, ALLOCATE);
  }

  private Tensor tensor(MemorySegment description, MemorySegment values) {
    MemorySegment memory =
        create(
            out ->
                (int) library.memoryCreate.invokeExact(out, description, library.engine(), values),
            library.memoryDestroy,
            "memory_create");
    return new Tensor(description, memory);
  }

  /** Copies values into another layout or of another type, rounded to the nearest. */
  public Primitive reorder(Tensor from, Tensor to) {
    MemorySegment plan =
        plan(
            out ->
                (int)
                    library.reorderPlan.invokeExact(
                        out,
                        from.description(),
                        library.engine(),
                        to.description(),
                        library.engine(),
                        MemorySegment.NULL),
            "reorder");
    return primitive(plan, new Argument(Argument.FROM, from), new Argument(Argument.TO, to));
  }

  boolean same(MemorySegment description, MemorySegment other) {
    try {
      return (int) library.descriptionEqual.invokeExact(description, other) == 1;
    } catch (Throwable e) {
      throw new IllegalStateException("oneDNN's memory_desc_equal could not be called", e);
    }
  }

  OneDnn library() {
    return library;
  }

  Arena arena() {
    return arena;
  }

  /** A primitive's plan ({@code dnnl_primitive_desc_t}). */
  MemorySegment plan(Creation creation, String what) {
    return create(creation, library.planDestroy, what + "_primitive_desc_create");
  }

  /** What a plan chose for one of its tensors; belongs to the plan. */
  MemorySegment chosen(MemorySegment plan, int query) {
    try {
      return (MemorySegment) library.planQuery.invokeExact(plan, query, 0);
    } catch (Throwable e) {
      throw new IllegalStateException("oneDNN's primitive_desc_query_md could not be called", e);
    }
  }

  Primitive primitive(MemorySegment plan, Argument... arguments) {
    MemorySegment handle =
        create(
            out -> (int) library.primitiveCreate.invokeExact(out, plan),
            library.primitiveDestroy,
            "primitive_create");
    MemorySegment packed = arena.allocate((long) ARGUMENT_BYTES * arguments.length, ARGUMENT_BYTES);
    for (int i = 0; i < arguments.length; i++) {
      long at = (long) ARGUMENT_BYTES * i;
      packed.set(JAVA_INT, at, arguments[i].code());
      packed.set(ADDRESS, at + ARGUMENT_MEMORY, arguments[i].tensor().memory());
    }
    return new Primitive(library, handle, stream, packed, arguments.length);
  }

  /** A function that writes a handle to {@code out} and answers with a status. */
  @FunctionalInterface
  interface Creation {
    int create(MemorySegment out) throws Throwable;
  }

  private MemorySegment create(Creation creation, MethodHandle destroy, String what) {
    MemorySegment out = arena.allocate(ADDRESS);
    OneDnn.call(() -> creation.create(out), what);
    MemorySegment handle = out.get(ADDRESS, 0);
    owned.push(() -> OneDnn.call(() -> (int) destroy.invokeExact(handle), what + "'s destroy"));
    return handle;
  }

  /** Frees everything, the latest first. Idempotent. */
  @Override
  public void close() {
    while (!owned.isEmpty()) {
      owned.pop().run();
    }
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
