package infomax.indexer.rollout.verification;

import com.fasterxml.jackson.annotation.JsonProperty;
import infomax.encoder.Embedding;
import infomax.encoder.Encoder;
import infomax.events.Json;
import infomax.imaging.EncoderPixels;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Images with the embeddings that their encoder gave where it was trained: the proof that it
 * computes the same here. Read from a release's artifact {@value #ARTIFACT}, JSON of the form
 *
 * <pre>{"inputSize": 32, "pixels": ["base64 of 3 x s x s bytes", ...], "vectors": [[z...], ...]}
 * </pre>
 *
 * @param images what the encoder sees
 * @param embeddings what it gave, unscaled, one for each image
 */
record GoldenImages(List<EncoderPixels> images, List<Embedding> embeddings) {

  /** Name of the artifact. */
  static final String ARTIFACT = "golden";

  GoldenImages {
    images = List.copyOf(images);
    embeddings = List.copyOf(embeddings);
    if (images.isEmpty() || images.size() != embeddings.size()) {
      throw new IllegalArgumentException(
          images.size()
              + " golden images with "
              + embeddings.size()
              + " vectors, expected as many, and at least one");
    }
  }

  /**
   * Reads the artifact.
   *
   * @throws IllegalArgumentException if it does not have the agreed form
   */
  static GoldenImages parse(byte[] json) {
    Artifact artifact = Json.read(json, Artifact.class);
    List<EncoderPixels> images = new ArrayList<>();
    for (String pixels : artifact.pixels()) {
      images.add(EncoderPixels.ofBytes(artifact.inputSize(), Base64.getDecoder().decode(pixels)));
    }
    List<Embedding> embeddings = new ArrayList<>();
    for (List<Float> vector : artifact.vectors()) {
      float[] components = new float[vector.size()];
      for (int ordinal = 0; ordinal < components.length; ordinal++) {
        components[ordinal] = vector.get(ordinal);
      }
      embeddings.add(Embedding.of(components));
    }
    return new GoldenImages(images, embeddings);
  }

  /** The lowest cosine between what the encoder gives here and what it gave there. */
  double lowestCosine(Encoder encoder) {
    List<Embedding> here = encoder.embed(images);
    double lowest = 1;
    for (int ordinal = 0; ordinal < here.size(); ordinal++) {
      lowest = Math.min(lowest, cosine(here.get(ordinal), embeddings.get(ordinal)));
    }
    return lowest;
  }

  private static double cosine(Embedding one, Embedding other) {
    if (one.dimensions() != other.dimensions()) {
      throw new IllegalArgumentException(
          "golden vector has "
              + other.dimensions()
              + " components, the encoder gives "
              + one.dimensions());
    }
    if (!one.hasDirection() || !other.hasDirection()) {
      return one.equals(other) ? 1 : -1;
    }
    float[] left = one.components();
    float[] right = other.components();
    double dot = 0;
    for (int ordinal = 0; ordinal < left.length; ordinal++) {
      dot += (double) left[ordinal] * right[ordinal];
    }
    return Math.clamp(dot / (one.norm() * other.norm()), -1, 1);
  }

  private record Artifact(
      int inputSize,
      @JsonProperty(required = true) List<String> pixels,
      @JsonProperty(required = true) List<List<Float>> vectors) {}
}
