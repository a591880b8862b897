package infomax.trainer.engine;

/** Where a training is to be computed. */
public enum Device {
  /** On a GPU if the engine can use one that is there, otherwise on the CPU. */
  AUTO,
  /** On the CPU. */
  CPU,
  /** On a GPU, or not at all. */
  CUDA
}
