package infomax.indexer.generation;

import infomax.encoder.EncoderDevice;
import infomax.index.Publications;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.signal.SignalSender;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;

/**
 * What the indexing of all generations shares; whoever made it closes it.
 *
 * @param clients Kafka clients
 * @param publications where commits become visible
 * @param signals where hints go
 * @param device where encoders run
 * @param pool threads that embed
 * @param decoded images decoded lately
 * @param fatal images that ended earlier processes
 * @param meters where figures go
 * @param clock the time
 */
record SharedResources(
    KafkaClients clients,
    Publications publications,
    SignalSender signals,
    EncoderDevice device,
    EmbeddingPool pool,
    DecodedImages decoded,
    FatalImages fatal,
    MeterRegistry meters,
    InstantSource clock) {}
