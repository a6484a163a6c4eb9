#include "scim/protocol/schema_tables.h"

#include "scim/protocol/membership.h"

#define END                                                                                    \
    {                                                                                          \
        .name = NULL                                                                           \
    }
#define NAMES(...)   ((const char *const[]){__VA_ARGS__, NULL})
#define READ_ONLY    .mutability = SCHEMA_READ_ONLY
#define IMMUTABLE    .mutability = SCHEMA_IMMUTABLE
#define MANY         .multi_valued = TRUE
#define EXACT        .case_exact = TRUE
#define ABOUT(text)  .description = (text)
#define TEXT(label)  .name = (label), .kind = SCHEMA_STRING
#define FLAG(label)  .name = (label), .kind = SCHEMA_BOOLEAN
#define WHOLE(label) .name = (label), .kind = SCHEMA_INTEGER
#define TIME(label)  .name = (label), .kind = SCHEMA_DATE_TIME
#define LINK(label, ...)                                                                       \
    .name = (label), .kind = SCHEMA_REFERENCE, EXACT, .reference_types = NAMES(__VA_ARGS__)
#define GROUP_OF(label, list) .name = (label), .kind = SCHEMA_COMPLEX, .sub = (list)

#define DISPLAY                                                                                \
    {                                                                                          \
        TEXT("display"), ABOUT("A name for people.")                                           \
    }
#define PRIMARY                                                                                \
    {                                                                                          \
        FLAG("primary"), ABOUT("The preferred one; true at most once.")                        \
    }

static const struct schema_attribute name_parts[] = {
    {TEXT("formatted"), ABOUT("The full name as it is shown.")},
    {TEXT("familyName"), ABOUT("The family name.")},
    {TEXT("givenName"), ABOUT("The given name.")},
    {TEXT("middleName"), ABOUT("The middle names.")},
    {TEXT("honorificPrefix"), ABOUT("A title in front, such as Ms.")},
    {TEXT("honorificSuffix"), ABOUT("A suffix, such as III.")},
    END,
};

static const struct schema_attribute email_parts[] = {
    {TEXT("value"), ABOUT("The address.")},
    DISPLAY,
    {TEXT("type"), ABOUT("What it is for."),
     .canonical_values = NAMES("work", "home", "other")},
    PRIMARY,
    END,
};

static const struct schema_attribute phone_parts[] = {
    {TEXT("value"), ABOUT("The number.")},
    DISPLAY,
    {TEXT("type"), ABOUT("What it is for."),
     .canonical_values = NAMES("work", "home", "mobile", "fax", "pager", "other")},
    PRIMARY,
    END,
};

static const struct schema_attribute im_parts[] = {
    {TEXT("value"), ABOUT("The name there.")},
    DISPLAY,
    {TEXT("type"), ABOUT("The service."),
     .canonical_values = NAMES("aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo")},
    PRIMARY,
    END,
};

static const struct schema_attribute photo_parts[] = {
    {LINK("value", "external"), ABOUT("Where the picture is.")},
    DISPLAY,
    {TEXT("type"), ABOUT("Its size."), .canonical_values = NAMES("photo", "thumbnail")},
    PRIMARY,
    END,
};

static const struct schema_attribute address_parts[] = {
    {TEXT("formatted"), ABOUT("The whole address as it is shown.")},
    {TEXT("streetAddress"), ABOUT("Street and number.")},
    {TEXT("locality"), ABOUT("City.")},
    {TEXT("region"), ABOUT("State or region.")},
    {TEXT("postalCode"), ABOUT("Postal code.")},
    {TEXT("country"), ABOUT("Country, two letters (ISO 3166-1).")},
    {TEXT("type"), ABOUT("What it is for."),
     .canonical_values = NAMES("work", "home", "other")},
    PRIMARY,
    END,
};

static const struct schema_attribute user_group_parts[] = {
    {TEXT("value"), ABOUT("The id of the group."), READ_ONLY, EXACT},
    {LINK("$ref", "Group"), ABOUT("Where the group is."), READ_ONLY},
    {TEXT("display"), ABOUT("The name of the group."), READ_ONLY},
    {TEXT("type"), ABOUT("How the person belongs to it."), READ_ONLY,
     .canonical_values = NAMES("direct", "indirect")},
    END,
};

static const struct schema_attribute entitlement_parts[] = {
    {TEXT("value"), ABOUT("The entitlement.")},
    DISPLAY,
    {TEXT("type"), ABOUT("What kind it is.")},
    PRIMARY,
    END,
};

static const struct schema_attribute certificate_parts[] = {
    {.name = "value", .kind = SCHEMA_BINARY, EXACT, ABOUT("One certificate in DER, base64.")},
    DISPLAY,
    {TEXT("type"), ABOUT("What it is for.")},
    PRIMARY,
    END,
};

static const struct schema_attribute role_parts[] = {
    {TEXT("value"), EXACT,
     ABOUT("An organization role, or a project and a role in it: search/admin."),
     .canonical_values = NAMES("owner", "billing-admin", "member")},
    DISPLAY,
    {TEXT("type"), ABOUT("Whether it holds in the organization or in a project."),
     .canonical_values = NAMES("organization", "project")},
    PRIMARY,
    END,
};

/* An invitation carries roles of ours alone; what they are called is ours to say. */
static const struct schema_attribute invited_role_parts[] = {
    {TEXT("value"), EXACT, .required = TRUE,
     ABOUT("An organization role, or a project and a role in it: search/admin."),
     .canonical_values = NAMES("owner", "billing-admin", "member")},
    {TEXT("display"), READ_ONLY, ABOUT("A name for people.")},
    {TEXT("type"), ABOUT("Whether it holds in the organization or in a project."),
     .canonical_values = NAMES("organization", "project")},
    {FLAG("primary"), READ_ONLY, ABOUT("True for the organization role.")},
    END,
};

/* RFC 7643 4.1 and 8.7.1, without password. */
static const struct schema_attribute user_attributes[] = {
    {TEXT("userName"), ABOUT("The name the person signs in with; unique in the organization."),
     .required = TRUE, .uniqueness = SCHEMA_UNIQUE_SERVER},
    {GROUP_OF("name", name_parts), ABOUT("The parts of the name.")},
    {TEXT("displayName"), ABOUT("The name that is shown.")},
    {TEXT("nickName"), ABOUT("The casual name.")},
    {LINK("profileUrl", "external"), ABOUT("A page about the person.")},
    {TEXT("title"), ABOUT("The position, such as Vice President.")},
    {TEXT("userType"), ABOUT("The relation to the organization, such as Contractor.")},
    {TEXT("preferredLanguage"), ABOUT("The language for texts, as in Accept-Language.")},
    {TEXT("locale"), ABOUT("The locale for numbers and dates.")},
    {TEXT("timezone"), ABOUT("The time zone, such as Europe/Berlin.")},
    {FLAG("active"), ABOUT("False suspends the person and frees the seat.")},
    {GROUP_OF("emails", email_parts), MANY,
     ABOUT("Mail addresses; invitations go to one of them.")},
    {GROUP_OF("phoneNumbers", phone_parts), MANY, ABOUT("Phone numbers.")},
    {GROUP_OF("ims", im_parts), MANY, ABOUT("Instant messaging names.")},
    {GROUP_OF("photos", photo_parts), MANY, ABOUT("Pictures.")},
    {GROUP_OF("addresses", address_parts), MANY, ABOUT("Postal addresses.")},
    {GROUP_OF("groups", user_group_parts), MANY, READ_ONLY, ABOUT("Groups the person is in.")},
    {GROUP_OF("entitlements", entitlement_parts), MANY,
     ABOUT("What the person is entitled to.")},
    {GROUP_OF("roles", role_parts), MANY,
     ABOUT("One organization role, and at most one role in each project.")},
    {GROUP_OF("x509Certificates", certificate_parts), MANY, ABOUT("Certificates.")},
    END,
};

static const struct schema_attribute manager_parts[] = {
    {TEXT("value"), EXACT, ABOUT("The id of the manager.")},
    {LINK("$ref", "User"), ABOUT("Where the manager is.")},
    {TEXT("displayName"), READ_ONLY, ABOUT("The name of the manager.")},
    END,
};

/* RFC 7643 4.3 */
static const struct schema_attribute enterprise_attributes[] = {
    {TEXT("employeeNumber"), ABOUT("The number the company gave the person.")},
    {TEXT("costCenter"), ABOUT("The cost center.")},
    {TEXT("organization"), ABOUT("The name of the company.")},
    {TEXT("division"), ABOUT("The division.")},
    {TEXT("department"), ABOUT("The department.")},
    {GROUP_OF("manager", manager_parts), ABOUT("The manager.")},
    END,
};

static const struct schema_attribute pending_parts[] = {
    {TEXT("value"), EXACT, READ_ONLY, ABOUT("The id of the invitation.")},
    {LINK("$ref", "Invitation"), READ_ONLY, ABOUT("Where the invitation is.")},
    {TIME("expiresAt"), READ_ONLY, ABOUT("Until when it can be accepted.")},
    END,
};

static const struct schema_attribute origin_parts[] = {
    {TEXT("value"), EXACT, READ_ONLY, ABOUT("manual, directory:<name> or scim:<connection>.")},
    {TEXT("externalId"), EXACT, READ_ONLY, ABOUT("The person's id there.")},
    {FLAG("active"), READ_ONLY, ABOUT("Whether that origin has the person active.")},
    {FLAG("attached"), READ_ONLY,
     ABOUT("Whether that origin gives roles and keeps nobody in.")},
    {TEXT("roles"), EXACT, READ_ONLY, MANY, ABOUT("The roles that origin gives.")},
    END,
};

static const struct schema_attribute override_parts[] = {
    {TEXT("value"), EXACT, READ_ONLY, ABOUT("A role that an owner set by hand.")},
    END,
};

static const struct schema_attribute membership_attributes[] = {
    {TEXT("status"), READ_ONLY, ABOUT("Where the person stands."),
     .canonical_values =
         NAMES("invited", "expired", "active", "suspended", "waiting", "held", "rehearsed")},
    {TEXT("statusReason"), READ_ONLY, ABOUT("Why, where there is something to say.")},
    {FLAG("suspendedByOwner"), READ_ONLY, ABOUT("An owner suspended them, whatever else did.")},
    {FLAG("protected"), READ_ONLY, ABOUT("An owner that no sync and no provider may change.")},
    {TIME("joinedAt"), READ_ONLY, ABOUT("When the person accepted.")},
    {GROUP_OF("invitation", pending_parts), READ_ONLY, ABOUT("The pending invitation.")},
    {GROUP_OF("origins", origin_parts), READ_ONLY, MANY,
     ABOUT("Who says that the person belongs here.")},
    {GROUP_OF("override", override_parts), READ_ONLY, MANY,
     ABOUT("What an owner set by hand.")},
    {TEXT("standsIn"), EXACT, READ_ONLY, MANY,
     ABOUT("Projects whose admin this owner stands in for.")},
    END,
};

static const struct schema_attribute member_parts[] = {
    {TEXT("value"), EXACT, IMMUTABLE, .required = TRUE, ABOUT("The id of the person.")},
    {LINK("$ref", "User"), READ_ONLY, ABOUT("Where the person is.")},
    {TEXT("display"), READ_ONLY, ABOUT("The person's name.")},
    {TEXT("role"), EXACT, .required = TRUE, ABOUT("The role in the project."),
     .canonical_values = NAMES("admin", "read-write", "read-only")},
    END,
};

static const struct schema_attribute project_attributes[] = {
    {TEXT("name"), EXACT, IMMUTABLE, .required = TRUE, .uniqueness = SCHEMA_UNIQUE_SERVER,
     ABOUT("The short name, which never changes.")},
    {TEXT("displayName"), ABOUT("The name that is shown.")},
    {GROUP_OF("members", member_parts), MANY, .max_values = 10000,
     ABOUT("Who is in the project, and with which role.")},
    END,
};

/* RFC 7643 4.2; `display` is kept as the provider sent it. */
static const struct schema_attribute group_member_parts[] = {
    {TEXT("value"), EXACT, IMMUTABLE, .required = TRUE, ABOUT("The id of the person.")},
    {LINK("$ref", "User"), IMMUTABLE, ABOUT("Where the person is.")},
    {TEXT("type"), IMMUTABLE, .canonical_values = NAMES("User"), ABOUT("What the member is.")},
    {TEXT("display"), IMMUTABLE, ABOUT("The person's name, as it was sent.")},
    END,
};

static const struct schema_attribute group_attributes[] = {
    {TEXT("displayName"), .required = TRUE, .uniqueness = SCHEMA_UNIQUE_SERVER,
     ABOUT("The name of the group; rules name it by this. Unique in a connection.")},
    {GROUP_OF("members", group_member_parts), MANY, .max_values = 100000,
     ABOUT("Who is in the group.")},
    END,
};

static const struct schema_attribute pushed_group_attributes[] = {
    {TEXT("origin"), EXACT, READ_ONLY, ABOUT("The connection that pushed it: scim:<name>.")},
    {WHOLE("totalMembers"), READ_ONLY,
     ABOUT("How many members there are in all, where a page of them was asked for.")},
    {WHOLE("membersStartIndex"), READ_ONLY,
     ABOUT("Which of them is the first in the page, from 1.")},
    {WHOLE("membersPerPage"), READ_ONLY, ABOUT("How many of them are in the page.")},
    END,
};

static const struct schema_attribute person_parts[] = {
    {TEXT("value"), EXACT, READ_ONLY, ABOUT("The id of the person.")},
    {LINK("$ref", "User"), READ_ONLY, ABOUT("Where the person is.")},
    {TEXT("display"), READ_ONLY, ABOUT("The person's name.")},
    END,
};

static const struct schema_attribute delivery_parts[] = {
    {TEXT("status"), EXACT, READ_ONLY, ABOUT("What became of the mail."),
     .canonical_values = NAMES("waiting", "sent", "undeliverable")},
    {TEXT("detail"), READ_ONLY,
     ABOUT("What the mail server said last, or why it was given up.")},
    {WHOLE("attempts"), READ_ONLY, ABOUT("How often it was tried.")},
    {TIME("attemptedAt"), READ_ONLY, ABOUT("When it was last tried.")},
    END,
};

static const struct schema_attribute invitation_attributes[] = {
    {TEXT("email"), IMMUTABLE, .required = TRUE, ABOUT("The address it is sent to.")},
    {GROUP_OF("person", person_parts), READ_ONLY, ABOUT("The person invited.")},
    {GROUP_OF("roles", invited_role_parts), MANY, IMMUTABLE, ABOUT("The roles it carries.")},
    {TEXT("status"), EXACT, ABOUT("pending resends it, revoked revokes it."),
     .canonical_values = NAMES("pending", "accepted", "declined", "revoked", "expired")},
    {TIME("sentAt"), READ_ONLY, ABOUT("When it was last sent.")},
    {TIME("expiresAt"), READ_ONLY, ABOUT("Until when it can be accepted.")},
    {WHOLE("sentCount"), READ_ONLY, ABOUT("How often it was sent.")},
    {GROUP_OF("invitedBy", person_parts), READ_ONLY, ABOUT("Who invited.")},
    {LINK("link", "external"), READ_ONLY,
     ABOUT("Where to accept; shown once, and only where no mail is sent.")},
    {GROUP_OF("delivery", delivery_parts), READ_ONLY,
     ABOUT("What became of the mail; only where mail is sent.")},
    {WHOLE("renewalsLeft"), READ_ONLY,
     ABOUT("How often it is still sent again by itself; only where mail is sent.")},
    END,
};

static const struct schema_attribute role_contained[] = {
    {TEXT("value"), EXACT, READ_ONLY, ABOUT("The role as it stands in roles.value.")},
    {LINK("$ref", "Role"), READ_ONLY, ABOUT("Where the role is.")},
    {TEXT("display"), READ_ONLY, ABOUT("A name for people.")},
    END,
};

static const struct schema_attribute role_attributes[] = {
    {TEXT("value"), EXACT, READ_ONLY, ABOUT("The role as it stands in roles.value.")},
    {TEXT("type"), EXACT, READ_ONLY, ABOUT("Where it holds."),
     .canonical_values = NAMES("organization", "project")},
    {TEXT("display"), READ_ONLY, ABOUT("A name for people.")},
    {FLAG("supported"), READ_ONLY, ABOUT("Can it be given? Always.")},
    {GROUP_OF("contains", role_contained), MANY, READ_ONLY,
     ABOUT("The next role below, all of which this one gives.")},
    {FLAG("limitedAssignmentsPermitted"), READ_ONLY, ABOUT("Is there a limit?")},
    {WHOLE("totalAssignmentsPermitted"), READ_ONLY, ABOUT("How many may have it: the seats.")},
    {WHOLE("totalAssignmentsUsed"), READ_ONLY, ABOUT("How many have it: the seats held.")},
    END,
};

static const struct schema_attribute marker_attributes[] = {
    {TEXT("origin"), EXACT, READ_ONLY, ABOUT("The origin that must not invite again.")},
    {TEXT("userName"), READ_ONLY, ABOUT("The name the person had.")},
    {TEXT("kind"), EXACT, READ_ONLY, ABOUT("How the person went."),
     .canonical_values = NAMES("left", "declined", "removed", "revoked")},
    {TIME("since"), READ_ONLY, ABOUT("When that was.")},
    END,
};

static const struct schema_attribute override_attributes[] = {
    {GROUP_OF("person", person_parts), READ_ONLY, ABOUT("Whose role it is.")},
    {TEXT("type"), EXACT, READ_ONLY, ABOUT("Where it holds."),
     .canonical_values = NAMES("organization", "project")},
    {TEXT("value"), EXACT, READ_ONLY,
     ABOUT("The role that counts, whatever the origins say: member, search/read-only, "
           "search/none.")},
    END,
};

/* What some providers still call the schemas of RFC 7643. */
static const char *const former_core[] = {"urn:scim:schemas:core:1.0",
                                          "urn:scim:schemas:core:2.0", NULL};
static const char *const former_user[] = {"urn:scim:schemas:core:1.0",
                                          "urn:scim:schemas:core:2.0",
                                          "urn:scim:schemas:core:2.0:User", NULL};
static const char *const former_enterprise[] = {
    "urn:scim:schemas:extension:enterprise:1.0",
    "urn:scim:schemas:extension:enterprise:2.0:User", NULL};

static const struct schema user_schema = {SCIM_URN_USER, "User",
                                          "User Account: a person of the organization.",
                                          user_attributes, former_user};
static const struct schema enterprise_schema = {SCIM_URN_ENTERPRISE, "EnterpriseUser",
                                                "What a company knows of a person.",
                                                enterprise_attributes, former_enterprise};
static const struct schema membership_schema = {SCIM_URN_MEMBERSHIP, "Membership",
                                                "Where a person stands in the organization.",
                                                membership_attributes, NULL};
static const struct schema group_schema = {SCIM_URN_GROUP, "Group",
                                           "A group that an identity provider pushes.",
                                           group_attributes, former_core};
static const struct schema pushed_group_schema = {SCIM_URN_PUSHED_GROUP, "PushedGroup",
                                                  "Where a group comes from.",
                                                  pushed_group_attributes, NULL};
static const struct schema project_schema = {SCIM_URN_PROJECT, "Project",
                                             "A project of the organization and its members.",
                                             project_attributes, NULL};
static const struct schema invitation_schema = {SCIM_URN_INVITATION, "Invitation",
                                                "An invitation to the organization.",
                                                invitation_attributes, NULL};
static const struct schema role_schema = {SCIM_URN_ROLE, "Role",
                                          "A role, how many may have it and how many do.",
                                          role_attributes, NULL};
static const struct schema marker_schema = {SCIM_URN_MARKER, "Marker",
                                            "Someone whom no service may invite again.",
                                            marker_attributes, NULL};

static const struct schema override_schema = {
    SCIM_URN_OVERRIDE, "Override", "A role that an owner set over what the origins say.",
    override_attributes, NULL};

static const struct schema *const user_extensions[] = {&enterprise_schema, &membership_schema,
                                                       NULL};

const struct resource_type schema_tables_user = {"User",       "/Users",        "People",
                                                 &user_schema, user_extensions, TRUE};
static const struct schema *const group_extensions[] = {&pushed_group_schema, NULL};

const struct resource_type schema_tables_group = {"Group",       "/Groups",        "Groups",
                                                  &group_schema, group_extensions, TRUE};
const struct resource_type schema_tables_project = {"Project",       "/Projects", "Projects",
                                                    &project_schema, NULL,        FALSE};
const struct resource_type schema_tables_invitation = {
    "Invitation", "/Invitations", "Invitations", &invitation_schema, NULL, FALSE};
const struct resource_type schema_tables_role = {"Role",       "/Roles", "Roles",
                                                 &role_schema, NULL,     FALSE};
const struct resource_type schema_tables_marker = {"Marker",       "/Markers", "Markers",
                                                   &marker_schema, NULL,       TRUE};
const struct resource_type schema_tables_override = {
    "Override", "/Overrides", "Overrides", &override_schema, NULL, FALSE};

const struct resource_type *const schema_tables_types[] = {
    &schema_tables_user,     &schema_tables_group,
    &schema_tables_project,  &schema_tables_invitation,
    &schema_tables_role,     &schema_tables_marker,
    &schema_tables_override, NULL,
};

const struct schema *const schema_tables_schemas[] = {
    &user_schema,
    &enterprise_schema,
    &membership_schema,
    &group_schema,
    &pushed_group_schema,
    &project_schema,
    &invitation_schema,
    &role_schema,
    &marker_schema,
    &override_schema,
    NULL,
};
