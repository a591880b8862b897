package infomax.encoder;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import org.slf4j.LoggerFactory;

/**
 * ONNX Runtime's environment of this process, which lasts until the process is gone.
 *
 * <p>ONNX Runtime registers a shutdown hook that releases its environment. Shutdown hooks run at
 * the same time, so that an encoder which a service opens or uses while its own hook waits for work
 * to end crashes the JVM. The native environment counts its references, and its Java class offers
 * no way to take one; this takes a second one by the private call that took the first. The memory
 * is the operating system's to free.
 */
final class LastingEnvironment {

  private static final String NAME = "ort-java";

  static {
    OrtEnvironment.getEnvironment();
    try {
      Field api = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("ortApiHandle");
      api.setAccessible(true);
      Method createHandle =
          OrtEnvironment.class.getDeclaredMethod(
              "createHandle", long.class, int.class, String.class);
      createHandle.setAccessible(true);
      createHandle.invoke(
          null, api.getLong(null), OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING.getValue(), NAME);
    } catch (ReflectiveOperationException | RuntimeException e) {
      LoggerFactory.getLogger(LastingEnvironment.class)
          .warn("This ONNX Runtime frees its environment while the process stops", e);
    }
  }

  private LastingEnvironment() {}

  static OrtEnvironment get() {
    return OrtEnvironment.getEnvironment();
  }
}
