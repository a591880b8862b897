package infomax.search.query;

import infomax.events.ImageId;
import infomax.index.Filter;
import infomax.index.ImagePage;
import infomax.index.IndexedImage;
import infomax.index.PublishedIndex;
import infomax.runtime.http.Problem;
import infomax.search.live.LiveGeneration;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers what is in the index, without a search. Thread-safe. */
public final class IndexedImages {

  private final Answering answering;
  private final Consumer<Collection<IndexedImage>> shown;

  /**
   * Images of what answers.
   *
   * @param shown told the images whose bytes will be asked for next; must not wait
   */
  public IndexedImages(Answering answering, Consumer<Collection<IndexedImage>> shown) {
    this.answering = answering;
    this.shown = shown;
  }

  /** The images after a cursor, in the order of their ids. */
  ImagesBody list(Filter filter, @Nullable ImageId after, int limit, boolean withVectors)
      throws InterruptedException {
    return answering.answer(
        Demands.NONE,
        (live, deadline) -> {
          if (!filter.isEmpty() && !live.index().filters()) {
            throw filtersUnavailable(live);
          }
          ImagePage page = live.index().list(filter, after, limit, deadline);
          return ImagesBody.of(
              page.images().stream()
                  .map(withVectors ? ImageBody::withVector : ImageBody::of)
                  .toList(),
              page.more() ? Cursor.after(page.images().getLast().id()) : null,
              page.matches(),
              answering.provenance(live));
        });
  }

  /** Random images. */
  ImagesBody sample(int count, long seed) throws InterruptedException {
    return some(index -> index.sample(count, seed));
  }

  /** The images that were stored last, newest first. */
  ImagesBody newest(int count) throws InterruptedException {
    return some(index -> index.newest(count));
  }

  private ImagesBody some(Function<PublishedIndex, List<IndexedImage>> picked)
      throws InterruptedException {
    return answering.answer(
        Demands.NONE,
        (live, _) -> {
          List<IndexedImage> images = picked.apply(live.index());
          shown.accept(images);
          return ImagesBody.of(
              images.stream().map(ImageBody::of).toList(),
              null,
              live.index().images(),
              answering.provenance(live));
        });
  }

  /** An indexed image. */
  ImageBody image(ImageId id, boolean withVector) throws InterruptedException {
    return answering.answer(
        Demands.NONE,
        (live, _) ->
            live.index()
                .image(id)
                .map(withVector ? ImageBody::withVector : ImageBody::of)
                .orElseThrow(
                    () ->
                        Problem.of(
                            404, "image_not_found", "image '" + id + "' is not in the index")));
  }

  /** The index of a generation that was begun by an older version. */
  static Problem filtersUnavailable(LiveGeneration live) {
    return Problem.of(
            409,
            "filters_unavailable",
            "generation "
                + live.number()
                + " was written before there were filters; ask again when its successor, which is"
                + " being built, is live")
        .with("field", "filter");
  }
}
