package infomax.imaging;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.w3c.dom.NodeList;

/**
 * Writes the canonical JPEG: baseline, quality 0.95, no chroma subsampling, no metadata. The same
 * pixels give the same bytes. Thread-safe.
 */
final class JpegEncoder {

  private static final float QUALITY = 0.95f;
  private static final int IDLE_MAX = 8;
  private static final int[] RGB = {0, 1, 2};
  private static final ComponentColorModel COLOURS =
      new ComponentColorModel(
          ColorSpace.getInstance(ColorSpace.CS_sRGB),
          false,
          false,
          Transparency.OPAQUE,
          DataBuffer.TYPE_BYTE);

  private final Queue<ImageWriter> idle = new ArrayBlockingQueue<>(IDLE_MAX);

  /** The JPEG of {@code pixels}. */
  byte[] encode(RgbPixels pixels) {
    ImageWriter writer = idle.poll();
    if (writer == null) {
      writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(pixels.rgb().length / 4 + 1024);
    try (MemoryCacheImageOutputStream output = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(output);
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionQuality(QUALITY);
      BufferedImage image = image(pixels);
      writer.write(null, new IIOImage(image, null, metadata(writer, image, param)), param);
    } catch (IOException e) {
      writer.dispose();
      throw new UncheckedIOException(
          "cannot encode " + pixels.width() + " x " + pixels.height(), e);
    }
    writer.reset();
    if (!idle.offer(writer)) {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static BufferedImage image(RgbPixels pixels) {
    return new BufferedImage(
        COLOURS,
        Raster.createInterleavedRaster(
            new DataBufferByte(pixels.rgb(), pixels.rgb().length),
            pixels.width(),
            pixels.height(),
            3 * pixels.width(),
            3,
            RGB,
            null),
        false,
        null);
  }

  /** The writer's own metadata, but every component at full resolution. */
  private static IIOMetadata metadata(
      ImageWriter writer, BufferedImage image, ImageWriteParam param) throws IOException {
    IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(image), param);
    String format = metadata.getNativeMetadataFormatName();
    IIOMetadataNode root = (IIOMetadataNode) metadata.getAsTree(format);
    NodeList components = root.getElementsByTagName("componentSpec");
    for (int index = 0; index < components.getLength(); index++) {
      IIOMetadataNode component = (IIOMetadataNode) components.item(index);
      component.setAttribute("HsamplingFactor", "1");
      component.setAttribute("VsamplingFactor", "1");
    }
    metadata.setFromTree(format, root);
    return metadata;
  }
}
