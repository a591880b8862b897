package infomax.standalone.demo;

import infomax.encoder.Encoder;
import infomax.events.control.EncoderRelease;
import infomax.runtime.control.ControlLog;
import infomax.store.ObjectStore;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Encoders of releases, opened once each from the object store. Thread-safe. */
public final class ReleaseEncoders implements AutoCloseable {

  private final ObjectStore store;
  private final ControlLog control;
  private final Map<Integer, Encoder> open = new HashMap<>();

  /** Encoders of the releases on control. */
  public ReleaseEncoders(ObjectStore store, ControlLog control) {
    this.store = store;
    this.control = control;
  }

  /**
   * The encoder of a release.
   *
   * @throws IOException if there is no such release
   */
  public synchronized Encoder open(int version) throws IOException {
    Encoder known = open.get(version);
    if (known != null) {
      return known;
    }
    EncoderRelease release = control.state().encoders().get(version);
    if (release == null) {
      throw new IOException("there is no encoder release " + version);
    }
    Encoder opened =
        Encoder.open(
            store.read(release.onnx()),
            release.onnx(),
            release.inputSize(),
            release.dimensions(),
            1);
    open.put(version, opened);
    return opened;
  }

  @Override
  public synchronized void close() {
    open.values().forEach(Encoder::close);
    open.clear();
  }
}
