package infomax.trainer.onednn;

import java.lang.foreign.MemorySegment;

/** A computation bound to its tensors. To be run by the thread that made it. */
public final class Primitive {

  private final OneDnn library;
  private final MemorySegment handle;
  private final MemorySegment stream;
  private final MemorySegment arguments;
  private final int count;

  Primitive(
      OneDnn library,
      MemorySegment handle,
      MemorySegment stream,
      MemorySegment arguments,
      int count) {
    this.library = library;
    this.handle = handle;
    this.stream = stream;
    this.arguments = arguments;
    this.count = count;
  }

  /** Computes; done when it returns, because a stream of the processor does not wait. */
  public void run() {
    OneDnn.call(
        () -> (int) library.primitiveExecute.invokeExact(handle, stream, count, arguments),
        "primitive_execute");
  }
}
