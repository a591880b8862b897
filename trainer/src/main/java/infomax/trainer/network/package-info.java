/**
 * What is trained, as plain values: the shape of a network, the layout of its parameters, their
 * values and how a training is resumed from a file.
 *
 * <p>{@link infomax.trainer.network.NetworkShape} is the central type. Everything here is immutable
 * plain Java and runs without native code, so that an untrained network can be made and exported in
 * milliseconds. Nothing that computes with the weights belongs here.
 */
@NullMarked
package infomax.trainer.network;

import org.jspecify.annotations.NullMarked;
