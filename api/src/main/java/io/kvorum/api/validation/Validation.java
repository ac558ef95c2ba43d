package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceInfo;
import java.util.List;

/**
 * Whether an object may be stored. Objects have been decoded, defaulted and prepared by their strategy. The findings
 * go into {@link ApiException#invalid}; none means valid.
 */
public final class Validation {
    private Validation() {}

    public static List<ApiException.Cause> create(ResourceInfo resource, ObjectNode object) {
        return create(resource, object, ValidationOptions.DEFAULT);
    }

    public static List<ApiException.Cause> create(ResourceInfo resource, ObjectNode object, ValidationOptions options) {
        FieldErrors errors = new FieldErrors();
        MetaValidation.create(resource, object, errors);
        KindValidation.of(resource).create(object, options, errors);
        PrivilegeRules.check(resource, object, options, errors);
        return errors.causes();
    }

    public static List<ApiException.Cause> update(ResourceInfo resource, ObjectNode old, ObjectNode next) {
        return update(resource, old, next, ValidationOptions.DEFAULT);
    }

    /** An update of the object itself; {@code next} carries the metadata the server fills in. */
    public static List<ApiException.Cause> update(
            ResourceInfo resource, ObjectNode old, ObjectNode next, ValidationOptions options) {
        FieldErrors errors = new FieldErrors();
        MetaValidation.update(resource, old, next, errors);
        KindValidation.of(resource).update(old, next, options, errors);
        PrivilegeRules.check(resource, next, options, errors);
        return errors.causes();
    }

    /** An update through the status subresource: metadata, and what the kind says of its status. */
    public static List<ApiException.Cause> updateStatus(
            ResourceInfo resource, ObjectNode old, ObjectNode next, ValidationOptions options) {
        FieldErrors errors = new FieldErrors();
        MetaValidation.update(resource, old, next, errors);
        KindValidation.of(resource).updateStatus(old, next, options, errors);
        return errors.causes();
    }

    /** An update through another subresource that is a part of the object, such as {@code approval}. */
    public static List<ApiException.Cause> updatePart(
            ResourceInfo resource, String subresource, ObjectNode old, ObjectNode next, ValidationOptions options) {
        FieldErrors errors = new FieldErrors();
        MetaValidation.update(resource, old, next, errors);
        KindValidation.of(resource).updatePart(subresource, old, next, options, errors);
        PrivilegeRules.check(resource, next, options, errors);
        return errors.causes();
    }
}
