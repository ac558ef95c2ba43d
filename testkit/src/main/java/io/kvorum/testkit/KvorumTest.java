package io.kvorum.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test class that has a cluster: one is started for the class, its faults are healed after each test, and it is taken
 * down in the end. Parameters of type {@link TestCluster}, {@link Faults} and {@link Kubectl} are filled in. See {@link
 * ClusterExtension} for the details.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ClusterExtension.class)
public @interface KvorumTest {
    /** Flags of {@code kvorum up}: {@code {"--stores", "1", "--nodes", "1"}}. */
    String[] flags() default {};
}
