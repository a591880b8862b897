/**
 * Benchmarks of the trainer on images from a file: how good the encoders of a preset are after a
 * given time, and how fast a step is. Programs, not tests: each writes one JSON object.
 */
@NullMarked
package infomax.trainer.bench;

import org.jspecify.annotations.NullMarked;
