/** Keeps ServiceCIDRs ready, and holds back those whose addresses are in use. */
@NullMarked
package io.kvorum.controllers.servicecidr;

import org.jspecify.annotations.NullMarked;
