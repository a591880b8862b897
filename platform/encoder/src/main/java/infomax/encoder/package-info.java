/**
 * An encoder release at work: pixels in, embeddings out. {@link infomax.encoder.Encoder} is the
 * central class; no type of ONNX Runtime leaves this package. Training and decoding images do not
 * belong here.
 */
@NullMarked
package infomax.encoder;

import org.jspecify.annotations.NullMarked;
