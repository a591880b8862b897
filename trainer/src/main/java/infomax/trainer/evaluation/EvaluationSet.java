package infomax.trainer.evaluation;

import infomax.trainer.snapshot.TrainingSnapshot;
import infomax.trainer.view.Augmentation;
import infomax.trainer.view.ViewPainter;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * The images everything is measured on: the same for every encoder compared. Immutable but for the
 * pixels, which the callers must not change.
 *
 * <p>Queries are held-out images and the gallery is the training part, at most {@value
 * #QUERIES_MAX} and {@value #GALLERY_MAX} of them, in file order, which is by id hash and so as
 * good as a random draw. Where enough queries carry a label, precision@10 is taken over the
 * labelled queries in the labelled gallery. Own views are found among the held-out images alone.
 */
final class EvaluationSet {

  static final int QUERIES_MAX = 1_000;
  static final int GALLERY_MAX = 2_000;
  static final int VIEWS_MAX = 300;

  private final List<byte[]> queries;
  private final List<String> queryLabels;
  private final List<byte[]> gallery;
  private final List<String> galleryLabels;
  private final List<byte[]> views;

  private EvaluationSet(
      List<byte[]> queries,
      List<String> queryLabels,
      List<byte[]> gallery,
      List<String> galleryLabels,
      List<byte[]> views) {
    this.queries = queries;
    this.queryLabels = queryLabels;
    this.gallery = gallery;
    this.galleryLabels = galleryLabels;
    this.views = views;
  }

  /**
   * Draws the images from a snapshot.
   *
   * @param seed seed of the augmented views
   * @throws IllegalArgumentException if the snapshot is too small to hold anything out
   */
  static EvaluationSet of(TrainingSnapshot snapshot, long seed) {
    if (snapshot.heldOut() < 2 || snapshot.images() - snapshot.heldOut() < 2) {
      throw new IllegalArgumentException(
          "snapshot of %d images with %d held out, expected at least 2 on either side"
              .formatted(snapshot.images(), snapshot.heldOut()));
    }
    List<byte[]> queries = new ArrayList<>();
    List<String> queryLabels = new ArrayList<>();
    List<byte[]> views = new ArrayList<>();
    ViewPainter painter = new ViewPainter(snapshot.facts().inputSize(), Augmentation.WEAK);
    for (int image = 0; image < Math.min(snapshot.heldOut(), QUERIES_MAX); image++) {
      queries.add(snapshot.pixels(image));
      queryLabels.add(snapshot.label(image).orElse(""));
      if (image < VIEWS_MAX) {
        views.add(view(painter, queries.getLast(), seed + image));
      }
    }
    List<byte[]> gallery = new ArrayList<>();
    List<String> galleryLabels = new ArrayList<>();
    int end = Math.min(snapshot.images(), snapshot.heldOut() + GALLERY_MAX);
    for (int image = snapshot.heldOut(); image < end; image++) {
      gallery.add(snapshot.pixels(image));
      galleryLabels.add(snapshot.label(image).orElse(""));
    }
    return new EvaluationSet(queries, queryLabels, gallery, galleryLabels, views);
  }

  private static byte[] view(ViewPainter painter, byte[] pixels, long seed) {
    byte[] view = new byte[painter.viewBytes()];
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    painter.paint(pixels, 0, view, 0, random);
    return view;
  }

  List<byte[]> queries() {
    return queries;
  }

  List<byte[]> gallery() {
    return gallery;
  }

  List<byte[]> views() {
    return views;
  }

  /** Label of each query, empty where it has none. */
  List<String> queryLabels() {
    return queryLabels;
  }

  /** Label of each gallery image, empty where it has none. */
  List<String> galleryLabels() {
    return galleryLabels;
  }

  /** Rows of labelled queries. */
  int[] labelledQueries() {
    return labelled(queryLabels);
  }

  /** Rows of labelled gallery images. */
  int[] labelledGallery() {
    return labelled(galleryLabels);
  }

  private static int[] labelled(List<String> labels) {
    return java.util.stream.IntStream.range(0, labels.size())
        .filter(row -> !labels.get(row).isEmpty())
        .toArray();
  }
}
