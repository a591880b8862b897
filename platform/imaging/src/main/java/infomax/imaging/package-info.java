/**
 * Hostile bytes to canonical images, and canonical images to encoder pixels: the one pixel pipeline
 * of the system. Central classes: {@link infomax.imaging.ImageIntake} and {@link
 * infomax.imaging.EncoderPixels}. Nothing here knows Kafka, HTTP or an encoder.
 */
@NullMarked
package infomax.imaging;

import org.jspecify.annotations.NullMarked;
