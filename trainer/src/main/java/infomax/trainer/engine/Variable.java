package infomax.trainer.engine;

/**
 * Values between two layers, and the loss's gradient with respect to them.
 *
 * @param values written in the forward pass
 * @param gradient written in the backward pass; same extents
 */
record Variable(NativeFloats values, NativeFloats gradient) {}
