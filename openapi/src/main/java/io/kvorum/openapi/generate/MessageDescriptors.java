package io.kvorum.openapi.generate;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.V1;
import io.kubernetes.client.proto.V1Admissionregistration;
import io.kubernetes.client.proto.V1Apiextensions;
import io.kubernetes.client.proto.V1Apps;
import io.kubernetes.client.proto.V1Authentication;
import io.kubernetes.client.proto.V1Authorization;
import io.kubernetes.client.proto.V1Autoscaling;
import io.kubernetes.client.proto.V1Batch;
import io.kubernetes.client.proto.V1Certificates;
import io.kubernetes.client.proto.V1Coordination;
import io.kubernetes.client.proto.V1Discovery;
import io.kubernetes.client.proto.V1Events;
import io.kubernetes.client.proto.V1Flowcontrol;
import io.kubernetes.client.proto.V1Networking;
import io.kubernetes.client.proto.V1Node;
import io.kubernetes.client.proto.V1Policy;
import io.kubernetes.client.proto.V1Rbac;
import io.kubernetes.client.proto.V1Resource;
import io.kubernetes.client.proto.V1Scheduling;
import io.kubernetes.client.proto.V1Storage;
import io.kubernetes.client.proto.V2Autoscaling;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The messages of the served group versions, by the names of their definitions. */
final class MessageDescriptors {
    private static final String AGGREGATOR = "k8s.io.kube_aggregator.pkg.apis.apiregistration.v1";

    private MessageDescriptors() {}

    static Map<String, Descriptor> all() {
        List<FileDescriptor> files = List.of(
                Meta.getDescriptor(),
                V1.getDescriptor(),
                V1Admissionregistration.getDescriptor(),
                V1Apiextensions.getDescriptor(),
                V1Apps.getDescriptor(),
                V1Authentication.getDescriptor(),
                V1Authorization.getDescriptor(),
                V1Autoscaling.getDescriptor(),
                V2Autoscaling.getDescriptor(),
                V1Batch.getDescriptor(),
                V1Certificates.getDescriptor(),
                V1Coordination.getDescriptor(),
                V1Discovery.getDescriptor(),
                V1Events.getDescriptor(),
                V1Flowcontrol.getDescriptor(),
                V1Networking.getDescriptor(),
                V1Node.getDescriptor(),
                V1Policy.getDescriptor(),
                V1Rbac.getDescriptor(),
                V1Resource.getDescriptor(),
                V1Scheduling.getDescriptor(),
                V1Storage.getDescriptor(),
                aggregator());
        Map<String, Descriptor> all = new TreeMap<>();
        files.forEach(file -> add(file, all));
        return all;
    }

    private static void add(FileDescriptor file, Map<String, Descriptor> all) {
        for (Descriptor message : file.getMessageTypes()) {
            all.put(definition(message), message);
        }
        for (FileDescriptor needed : file.getDependencies()) {
            add(needed, all);
        }
    }

    /** {@code io.k8s.api.core.v1.Pod} of {@code k8s.io.api.core.v1.Pod}. */
    static String definition(Descriptor message) {
        return message.getFullName().replaceFirst("^k8s\\.io\\.", "io.k8s.").replace('_', '-');
    }

    /** The aggregator's messages, which the library does not bring. */
    private static FileDescriptor aggregator() {
        FileDescriptorProto file = FileDescriptorProto.newBuilder()
                .setName("kube-aggregator.proto")
                .setPackage(AGGREGATOR)
                .addDependency(Meta.getDescriptor().getName())
                .addMessageType(message("ServiceReference")
                        .addField(field("namespace", 1, Type.TYPE_STRING))
                        .addField(field("name", 2, Type.TYPE_STRING))
                        .addField(field("port", 3, Type.TYPE_INT32)))
                .addMessageType(message("APIServiceSpec")
                        .addField(reference("service", 1, AGGREGATOR + ".ServiceReference"))
                        .addField(field("group", 2, Type.TYPE_STRING))
                        .addField(field("version", 3, Type.TYPE_STRING))
                        .addField(field("insecureSkipTLSVerify", 4, Type.TYPE_BOOL))
                        .addField(field("caBundle", 5, Type.TYPE_BYTES))
                        .addField(field("groupPriorityMinimum", 7, Type.TYPE_INT32))
                        .addField(field("versionPriority", 8, Type.TYPE_INT32)))
                .addMessageType(message("APIServiceCondition")
                        .addField(field("type", 1, Type.TYPE_STRING))
                        .addField(field("status", 2, Type.TYPE_STRING))
                        .addField(meta("lastTransitionTime", 3, "Time"))
                        .addField(field("reason", 4, Type.TYPE_STRING))
                        .addField(field("message", 5, Type.TYPE_STRING)))
                .addMessageType(message("APIServiceStatus")
                        .addField(reference("conditions", 1, AGGREGATOR + ".APIServiceCondition")
                                .setLabel(Label.LABEL_REPEATED)))
                .addMessageType(message("APIService")
                        .addField(meta("metadata", 1, "ObjectMeta"))
                        .addField(reference("spec", 2, AGGREGATOR + ".APIServiceSpec"))
                        .addField(reference("status", 3, AGGREGATOR + ".APIServiceStatus")))
                .addMessageType(message("APIServiceList")
                        .addField(meta("metadata", 1, "ListMeta"))
                        .addField(reference("items", 2, AGGREGATOR + ".APIService")
                                .setLabel(Label.LABEL_REPEATED)))
                .build();
        try {
            return FileDescriptor.buildFrom(file, new FileDescriptor[] {Meta.getDescriptor()});
        } catch (DescriptorValidationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static DescriptorProto.Builder message(String name) {
        return DescriptorProto.newBuilder().setName(name);
    }

    private static FieldDescriptorProto.Builder field(String name, int number, Type type) {
        return FieldDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .setLabel(Label.LABEL_OPTIONAL)
                .setType(type);
    }

    private static FieldDescriptorProto.Builder meta(String name, int number, String type) {
        return reference(name, number, "k8s.io.apimachinery.pkg.apis.meta.v1." + type);
    }

    private static FieldDescriptorProto.Builder reference(String name, int number, String type) {
        return field(name, number, Type.TYPE_MESSAGE).setTypeName("." + type);
    }
}
