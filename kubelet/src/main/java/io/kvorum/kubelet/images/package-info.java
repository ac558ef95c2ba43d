/** The image catalogue: which program stands behind which image name. Knows nothing of the API, pods or Vert.x. */
@NullMarked
package io.kvorum.kubelet.images;

import org.jspecify.annotations.NullMarked;
