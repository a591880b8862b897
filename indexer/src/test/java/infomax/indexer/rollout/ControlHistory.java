package infomax.indexer.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import infomax.events.Topic;
import infomax.events.control.ControlCodec;
import infomax.events.control.ControlEvent;
import infomax.events.control.ControlRequest;
import infomax.events.control.ControlState;
import infomax.events.control.GenerationState;
import infomax.events.control.IndexGeneration;
import infomax.events.control.LiveAlias;
import infomax.runtime.kafka.KafkaClients;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads every committed record of {@code control} one by one and asserts that no step was illegal,
 * repeated or taken twice, whoever wrote it.
 */
final class ControlHistory {

  private static final Map<GenerationState, Set<GenerationState>> STEPS =
      Map.of(
          GenerationState.BUILDING,
          Set.of(GenerationState.CAUGHT_UP, GenerationState.FAILED),
          GenerationState.CAUGHT_UP,
          Set.of(GenerationState.CAUGHT_UP, GenerationState.VERIFIED, GenerationState.FAILED),
          GenerationState.VERIFIED,
          Set.of(GenerationState.VERIFIED, GenerationState.LIVE, GenerationState.FAILED),
          GenerationState.LIVE,
          Set.of(GenerationState.STANDBY, GenerationState.FAILED),
          GenerationState.STANDBY,
          Set.of(GenerationState.LIVE, GenerationState.RETIRED, GenerationState.FAILED),
          GenerationState.RETIRED,
          Set.of(),
          GenerationState.FAILED,
          Set.of());

  void verify(KafkaClients clients) {
    ControlState state = ControlState.EMPTY;
    TopicPartition partition = new TopicPartition(Topic.CONTROL.name(), 0);
    try (Consumer<byte[], byte[]> consumer = clients.consumer("history", 1024 * 1024)) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<byte[], byte[]> consumed : consumer.poll(Duration.ofMillis(500))) {
          state = step(state, consumed);
        }
      }
    }
  }

  private static ControlState step(ControlState before, ConsumerRecord<byte[], byte[]> consumed) {
    String key = new String(consumed.key(), StandardCharsets.UTF_8);
    ControlEvent event = ControlCodec.read(key, consumed.value()).orElseThrow();
    switch (event) {
      case IndexGeneration generation ->
          Optional.ofNullable(before.generations().get(generation.number()))
              .ifPresentOrElse(
                  earlier ->
                      assertThat(STEPS.get(earlier.state()))
                          .as(key + " at offset " + consumed.offset())
                          .contains(generation.state()),
                  () -> assertThat(generation.state()).isEqualTo(GenerationState.BUILDING));
      case LiveAlias alias ->
          assertThat(before.generations().get(alias.generation()).state())
              .as(key + " at offset " + consumed.offset())
              .isEqualTo(GenerationState.LIVE);
      case ControlRequest request -> {
        ControlRequest earlier = before.requests().get(request.id());
        assertThat(earlier == null || !earlier.status().isFinal()).as(key).isTrue();
      }
      case infomax.events.control.EncoderRelease _, infomax.events.control.IndexingPause _ -> {}
    }
    return before.with(event);
  }
}
