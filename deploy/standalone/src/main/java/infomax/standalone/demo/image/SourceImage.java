package infomax.standalone.demo.image;

import infomax.events.ImageId;
import org.jspecify.annotations.Nullable;

/**
 * One image to upload.
 *
 * @param id the id to upload it under
 * @param label its class, or null if unknown; used for measuring only
 * @param bytes the encoded image; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // upload bytes, handed on and never compared
public record SourceImage(ImageId id, @Nullable String label, byte[] bytes) {}
