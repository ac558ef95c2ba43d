/** IP addresses and blocks of them as clients write them, and as upstream would. Nothing is ever looked up. */
@NullMarked
package io.kvorum.api.address;

import org.jspecify.annotations.NullMarked;
