/**
 * What an index generation is on disk, how commits of it become publications, and how publications
 * are searched. {@link infomax.index.ShardWriter} writes, {@link infomax.index.Publications} makes
 * commits visible, {@link infomax.index.PublishedIndex} reads. Reading the log and embedding images
 * do not belong here.
 */
@NullMarked
package infomax.index;

import org.jspecify.annotations.NullMarked;
