/**
 * Indexing of generations: reading {@code images}, embedding, committing, publishing. {@link
 * infomax.indexer.generation.GenerationIndexing} follows one generation, {@link
 * infomax.indexer.generation.FollowedGenerations} keeps one for every generation that {@code
 * control} wants indexed. Deciding about generations does not belong here.
 */
@NullMarked
package infomax.indexer.generation;

import org.jspecify.annotations.NullMarked;
