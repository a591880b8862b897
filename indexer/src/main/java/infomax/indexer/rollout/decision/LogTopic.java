package infomax.indexer.rollout.decision;

import infomax.events.Positions;

/**
 * The topic {@code images} as the cluster describes it now.
 *
 * @param topicId Kafka's id of the topic
 * @param partitions number of partitions
 * @param ends committed end of every partition
 */
public record LogTopic(String topicId, int partitions, Positions ends) {}
