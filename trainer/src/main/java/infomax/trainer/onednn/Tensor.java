package infomax.trainer.onednn;

import java.lang.foreign.MemorySegment;

/**
 * A tensor's description and its place in memory. Belongs to the {@link Primitives} that made it.
 *
 * @param description {@code dnnl_memory_desc_t}
 * @param memory {@code dnnl_memory_t}
 */
public record Tensor(MemorySegment description, MemorySegment memory) {}
