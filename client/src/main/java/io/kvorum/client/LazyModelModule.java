package io.kvorum.client;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.Version;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.BeanDeserializerFactory;
import tools.jackson.databind.deser.Deserializers;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.jsontype.TypeDeserializer;
import tools.jackson.databind.util.NameTransformer;

/**
 * Looks into a model class only when the first object of it is read. By itself Jackson looks into everything that can be
 * reached from a class before it reads the first object: for a pod those are some two hundred classes, and half a second
 * of CPU in every process, most of it for volumes and probes that never come.
 */
final class LazyModelModule extends JacksonModule {
    private static final String MODEL = "io.fabric8.kubernetes.api.model";

    @Override
    public String getModuleName() {
        return "LazyModelModule";
    }

    @Override
    public Version version() {
        return Version.unknownVersion();
    }

    @Override
    public void setupModule(SetupContext context) {
        context.addDeserializers(new Deserializers.Base() {
            @Override
            public @Nullable ValueDeserializer<?> findBeanDeserializer(
                    JavaType type, DeserializationConfig config, BeanDescription.Supplier bean) {
                return lazy(type.getRawClass()) ? new LazyDeserializer(type) : null;
            }

            @Override
            public boolean hasDeserializerFor(DeserializationConfig config, Class<?> type) {
                return lazy(type);
            }
        });
    }

    private static boolean lazy(Class<?> type) {
        return type.getName().startsWith(MODEL) && !type.isInterface() && !type.isEnum();
    }

    /** Stands for the deserializer of one class until it is needed. */
    private static final class LazyDeserializer extends StdDeserializer<Object> {
        private final JavaType type;
        // Two threads may both build it; the results are equal, and the later one stays.
        private volatile @Nullable ValueDeserializer<Object> built;

        LazyDeserializer(JavaType type) {
            super(type);
            this.type = type;
        }

        @SuppressWarnings("unchecked") // what was built for a type stays one for that type
        private ValueDeserializer<Object> real(DeserializationContext context) {
            @Nullable ValueDeserializer<Object> known = built;
            if (known != null) {
                return known;
            }
            ValueDeserializer<Object> made = BeanDeserializerFactory.instance.buildBeanDeserializer(
                    context, type, context.lazyIntrospectBeanDescription(type));
            made.resolve(context);
            made = (ValueDeserializer<Object>) made.createContextual(context, null);
            built = made;
            return made;
        }

        @Override
        public Object deserialize(JsonParser parser, DeserializationContext context) {
            return real(context).deserialize(parser, context);
        }

        @Override
        public Object deserialize(JsonParser parser, DeserializationContext context, Object into) {
            return real(context).deserialize(parser, context, into);
        }

        @Override
        public Object deserializeWithType(
                JsonParser parser, DeserializationContext context, TypeDeserializer typeDeserializer) {
            return real(context).deserializeWithType(parser, context, typeDeserializer);
        }

        @Override
        public ValueDeserializer<Object> unwrappingDeserializer(
                DeserializationContext context, NameTransformer unwrapper) {
            return real(context).unwrappingDeserializer(context, unwrapper);
        }
    }
}
