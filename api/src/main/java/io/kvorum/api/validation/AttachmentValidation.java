package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.Map;

/** The rules of VolumeAttachments. */
final class AttachmentValidation implements KindValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final FieldPath SOURCE = SPEC.child("source");
    private static final FieldPath STATUS = FieldPath.of("status");
    private static final int MOST_METADATA = 256 * 1024;
    private static final int MOST_MESSAGE = 1024;
    private static final String ONE_SOURCE = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";

    @Override
    public void create(ObjectNode attachment, ValidationOptions options, FieldErrors errors) {
        always(attachment, errors);
        String attacher = Tree.text(attachment, "spec", "attacher");
        StorageValidation.csiDriverName(attacher, SPEC.child("attacher"), errors);
        String volume = Tree.text(attachment, "spec", "source", "persistentVolumeName");
        if (Tree.has(Tree.at(attachment, "spec", "source"), "persistentVolumeName")) {
            errors.invalidEach(SOURCE.child("persistentVolumeName"), volume, ObjectNames.dns1123Subdomain(volume));
        }
    }

    @Override
    public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        always(next, errors);
        if (!Tree.semanticallyEqual(old.get("spec"), next.get("spec"))) {
            errors.invalid(SPEC, InternalForm.attachmentSpec(next.path("spec")), FieldErrors.IMMUTABLE);
        }
    }

    @Override
    public void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        always(next, errors);
    }

    private static void always(ObjectNode attachment, FieldErrors errors) {
        JsonNode spec = attachment.path("spec");
        Rules.requiredText(spec, SPEC, errors, "attacher");
        source(spec.path("source"), errors);
        String node = Tree.text(spec, "nodeName");
        errors.invalidEach(SPEC.child("nodeName"), node, ObjectNames.dns1123Subdomain(node));
        status(attachment.path("status"), errors);
    }

    private static void source(JsonNode source, FieldErrors errors) {
        boolean named = source.hasNonNull("persistentVolumeName");
        boolean inline = source.hasNonNull("inlineVolumeSpec");
        if (!named && !inline) {
            errors.required(SOURCE, ONE_SOURCE);
        } else if (named && inline) {
            errors.forbidden(SOURCE, ONE_SOURCE);
        } else if (inline) {
            PersistentVolumeRules.inline(source.path("inlineVolumeSpec"), SOURCE.child("inlineVolumeSpec"), errors);
        } else if (Tree.text(source, "persistentVolumeName").isEmpty()) {
            errors.required(SOURCE.child("persistentVolumeName"), "must specify non empty persistentVolumeName");
        }
    }

    private static void status(JsonNode status, FieldErrors errors) {
        long size = 0;
        for (Map.Entry<String, String> entry :
                Tree.map(status, "attachmentMetadata").entrySet()) {
            size += MetaValidation.bytes(entry.getKey()) + MetaValidation.bytes(entry.getValue());
        }
        if (size > MOST_METADATA) {
            errors.tooLong(STATUS.child("attachmentMetadata"), MOST_METADATA);
        }
        for (String field : new String[] {"attachError", "detachError"}) {
            JsonNode error = status.path(field);
            if (MetaValidation.bytes(Tree.text(error, "message")) > MOST_MESSAGE) {
                // The limit upstream names here is that of the metadata.
                errors.tooLong(STATUS.child(field, "message"), MOST_METADATA);
            }
            if (Tree.number(error, "errorCode") < 0) {
                errors.invalid(
                        STATUS.child(field, "errorCode"),
                        Tree.number(error, "errorCode"),
                        "must be between 0 and 2147483647, inclusive");
            }
        }
    }
}
