package infomax.indexer.generation;

import infomax.encoder.EncoderDevice;
import infomax.encoder.signature.ReleaseTrust;
import infomax.index.Publications;
import infomax.runtime.kafka.KafkaClients;
import infomax.runtime.signal.SignalSender;
import infomax.runtime.tracing.Tracing;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;

/**
 * What the indexing of all generations shares; whoever made it closes it.
 *
 * @param clients Kafka clients
 * @param publications where commits become visible
 * @param signals where hints go
 * @param device where encoders run
 * @param trust whose encoders are used
 * @param pool threads that embed
 * @param decoded images decoded lately
 * @param fatal images that ended earlier processes
 * @param meters where figures go
 * @param tracing where traces go
 * @param clock the time
 */
record SharedResources(
    KafkaClients clients,
    Publications publications,
    SignalSender signals,
    EncoderDevice device,
    ReleaseTrust trust,
    EmbeddingPool pool,
    DecodedImages decoded,
    FatalImages fatal,
    MeterRegistry meters,
    Tracing tracing,
    InstantSource clock) {}
