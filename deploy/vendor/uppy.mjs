// What the portal uses of Uppy: the core and the uploader, no interface; the page's own mark-up shows everything.
export { Uppy } from "@uppy/core";
export { default as AwsS3 } from "@uppy/aws-s3";
