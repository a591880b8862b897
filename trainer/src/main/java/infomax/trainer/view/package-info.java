/** Random views of images: crops, mirror images and changes of colour. */
@NullMarked
package infomax.trainer.view;

import org.jspecify.annotations.NullMarked;
