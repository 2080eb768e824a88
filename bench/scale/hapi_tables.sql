-- Tables of HAPI FHIR 8's JPA server that a search or a write touches; see hapi_shape.py for source and limits.

CREATE TABLE hfj_resource (
    res_id bigint NOT NULL,
    partition_id int,
    res_type varchar(40) NOT NULL,
    fhir_id varchar(64) NOT NULL,
    res_ver bigint,
    res_version varchar(7),
    has_tags boolean NOT NULL,
    res_deleted_at timestamptz,
    res_published timestamptz NOT NULL,
    res_updated timestamptz NOT NULL,
    hash_sha256 varchar(64),
    sp_index_status smallint,
    sp_coords_present boolean,
    sp_date_present boolean,
    sp_number_present boolean,
    sp_quantity_present boolean,
    sp_string_present boolean,
    sp_token_present boolean,
    sp_uri_present boolean,
    sp_has_links boolean
);

CREATE TABLE hfj_res_ver (
    pid bigint NOT NULL,
    partition_id int,
    res_id bigint NOT NULL,
    res_type varchar(40) NOT NULL,
    res_ver bigint NOT NULL,
    res_encoding varchar(5) NOT NULL,
    res_text_vc text,
    res_deleted_at timestamptz,
    res_published timestamptz NOT NULL,
    res_updated timestamptz NOT NULL,
    has_tags boolean NOT NULL
);

CREATE TABLE hfj_spidx_token (
    sp_id bigint NOT NULL,
    partition_id int,
    res_id bigint NOT NULL,
    res_type varchar(100),
    sp_name varchar(100),
    sp_missing boolean NOT NULL,
    sp_updated timestamptz,
    sp_system varchar(200),
    sp_value varchar(200),
    hash_identity bigint,
    hash_sys bigint,
    hash_sys_and_value bigint,
    hash_value bigint
);

CREATE TABLE hfj_spidx_string (
    sp_id bigint NOT NULL,
    partition_id int,
    res_id bigint NOT NULL,
    res_type varchar(100),
    sp_name varchar(100),
    sp_missing boolean NOT NULL,
    sp_updated timestamptz,
    sp_value_exact varchar(768),
    sp_value_normalized varchar(768),
    hash_identity bigint,
    hash_norm_prefix bigint,
    hash_exact bigint
);

CREATE TABLE hfj_spidx_date (
    sp_id bigint NOT NULL,
    partition_id int,
    res_id bigint NOT NULL,
    res_type varchar(100),
    sp_name varchar(100),
    sp_missing boolean NOT NULL,
    sp_updated timestamptz,
    sp_value_low timestamptz,
    sp_value_high timestamptz,
    sp_value_low_date_ordinal int,
    sp_value_high_date_ordinal int,
    hash_identity bigint
);

CREATE TABLE hfj_spidx_quantity (
    sp_id bigint NOT NULL,
    partition_id int,
    res_id bigint NOT NULL,
    res_type varchar(100),
    sp_name varchar(100),
    sp_missing boolean NOT NULL,
    sp_updated timestamptz,
    sp_system varchar(200),
    sp_units varchar(200),
    sp_value double precision,
    hash_identity bigint,
    hash_identity_and_units bigint,
    hash_identity_sys_units bigint
);

CREATE TABLE hfj_res_link (
    pid bigint NOT NULL,
    partition_id int,
    src_path varchar(500) NOT NULL,
    src_resource_id bigint NOT NULL,
    source_resource_type varchar(40) NOT NULL,
    target_resource_id bigint,
    target_resource_type varchar(40) NOT NULL,
    target_resource_url varchar(200),
    target_resource_version bigint,
    sp_updated timestamptz
);

-- The searches that its server keeps, unless a caller forbids it, so that further pages can be asked for.
CREATE TABLE hfj_search (
    pid bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created timestamptz NOT NULL,
    num_found int NOT NULL,
    resource_type varchar(200),
    search_query_string text,
    search_query_string_hash int,
    search_type int NOT NULL,
    search_status varchar(10) NOT NULL,
    total_count int,
    search_uuid varchar(48) NOT NULL
);
CREATE UNIQUE INDEX idx_search_uuid ON hfj_search (search_uuid);
CREATE INDEX idx_search_restype_hashs ON hfj_search (resource_type, search_query_string_hash, created);
CREATE INDEX idx_search_created ON hfj_search (created);

CREATE TABLE hfj_search_result (
    search_pid bigint NOT NULL,
    search_order int NOT NULL,
    resource_pid bigint NOT NULL,
    PRIMARY KEY (search_pid, search_order)
);
