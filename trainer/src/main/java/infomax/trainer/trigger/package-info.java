/** When the trainer asks for a training by itself. */
@NullMarked
package infomax.trainer.trigger;

import org.jspecify.annotations.NullMarked;
