package infomax.search.query;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Indexed images.
 *
 * @param images by id, or a random sample
 * @param cursor where the next part begins; null after the last one and for a sample
 * @param matches images that match the filter, in all parts
 * @param provenance its members stand beside the images
 */
record ImagesBody(
    List<ImageBody> images,
    @Nullable String cursor,
    long matches,
    @JsonUnwrapped Provenance provenance) {}
