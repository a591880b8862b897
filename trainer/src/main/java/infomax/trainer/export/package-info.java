/**
 * A trained network as an ONNX file, and the checks that the file computes what the network does.
 *
 * <p>{@link infomax.trainer.export.OnnxExport} is the central type. Tribuo and protobuf types stay
 * in here; what a release is and where it goes belongs to the release package.
 */
@NullMarked
package infomax.trainer.export;

import org.jspecify.annotations.NullMarked;
