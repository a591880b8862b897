package infomax.search.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RankedOverlapTest {

  private static final double EPSILON = 1e-12;

  @Test
  void identicalRankingsAreAlikeAndDisjointOnesAreNot() {
    for (int depth = 1; depth <= 50; depth++) {
      List<Integer> one = range(0, depth);
      List<Integer> other = range(depth, 2 * depth);
      assertThat(RankedOverlap.rankBiased(0.9, one, one)).isEqualTo(1, within(EPSILON));
      assertThat(RankedOverlap.rankBiased(0.9, one, other)).isZero();
      assertThat(RankedOverlap.at(10, one, one)).isEqualTo(1);
      assertThat(RankedOverlap.at(10, one, other)).isZero();
    }
  }

  /** By hand: X is 1, 1, 3, so 0.9^3 + 0.1/0.9 (0.9 + 0.81/2 + 0.729). */
  @Test
  void knownValues() {
    assertThat(RankedOverlap.rankBiased(0.9, List.of("a", "b", "c"), List.of("a", "c", "b")))
        .isEqualTo(0.955, within(EPSILON));
    assertThat(RankedOverlap.rankBiased(0.9, List.of("a", "b"), List.of("b", "a")))
        .isEqualTo(0.9, within(EPSILON));
    assertThat(RankedOverlap.at(2, List.of("a", "b", "c"), List.of("b", "x", "a"))).isEqualTo(0.5);
    assertThat(RankedOverlap.at(10, List.of("a", "b"), List.of("b", "x", "y", "z")))
        .isEqualTo(0.25);
  }

  /** Another way to the same sum: every depth's intersection counted anew. */
  @Test
  void isTheSumThatThePaperDefines() {
    long seed = new Random().nextLong();
    System.out.println("ranked overlap: seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      List<Integer> one = shuffled(random);
      List<Integer> other = shuffled(random);
      double expected = 0;
      double agreement = 0;
      for (int depth = 1; depth <= 10; depth++) {
        Set<Integer> shared = new HashSet<>(one.subList(0, depth));
        shared.retainAll(other.subList(0, depth));
        agreement = shared.size() / (double) depth;
        expected += 0.1 / 0.9 * agreement * Math.pow(0.9, depth);
      }
      expected += agreement * Math.pow(0.9, 10);
      assertThat(RankedOverlap.rankBiased(0.9, one, other)).isEqualTo(expected, within(1e-9));
      assertThat(RankedOverlap.at(10, one, other)).isEqualTo(agreement, within(EPSILON));
    }
  }

  @Test
  void disagreementAtTheTopCountsMost() {
    List<Integer> ranking = range(0, 10);
    List<Integer> topSwapped = new ArrayList<>(ranking);
    Collections.swap(topSwapped, 0, 1);
    List<Integer> endSwapped = new ArrayList<>(ranking);
    Collections.swap(endSwapped, 8, 9);
    assertThat(RankedOverlap.rankBiased(0.9, ranking, topSwapped))
        .isLessThan(RankedOverlap.rankBiased(0.9, ranking, endSwapped));
  }

  @Test
  void nothingIsAlikeToNothingOnly() {
    assertThat(RankedOverlap.rankBiased(0.9, List.of(), List.of())).isEqualTo(1);
    assertThat(RankedOverlap.rankBiased(0.9, List.of("a"), List.of())).isZero();
    assertThat(RankedOverlap.at(10, List.of(), List.of())).isEqualTo(1);
    assertThat(RankedOverlap.at(10, List.of("a"), List.of())).isZero();
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  private static List<Integer> shuffled(Random random) {
    List<Integer> ranking = new ArrayList<>(range(0, 15));
    Collections.shuffle(ranking, random);
    return ranking.subList(0, 10);
  }
}
