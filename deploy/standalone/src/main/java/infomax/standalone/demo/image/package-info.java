/** Where the demo's images come from: generated, or read from a folder, an archive or CIFAR-10. */
@NullMarked
package infomax.standalone.demo.image;

import org.jspecify.annotations.NullMarked;
